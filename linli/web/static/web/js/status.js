// A receipt's link carries its code behind the #, which browsers never send; here it is put into the form.
const field = document.getElementById("key");
const key = decodeURIComponent(location.hash.slice(1));
if (field && key) {
  field.value = key;
  history.replaceState(null, "", location.pathname);
  field.form.requestSubmit();
}
