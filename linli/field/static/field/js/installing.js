// The app on the first screen of the phone: offered on the screen "more" only, asked for by nobody, and needed for nothing.
let offered = null;
// Inside another app (WeChat, WeCom, DingTalk, Alipay, Feishu, or a plain web view of Android) there is no first screen to put it on.
const IN_ANOTHER_APP = /MicroMessenger|wxwork|DingTalk|AliApp|AlipayClient|Lark|Feishu|miniProgram|; wv\)/i;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = event;
});

export const isInstalled = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

/** "now": the browser asks by itself; "by_hand": Safari on an iPhone, which has it in its menu; "": it is there, or cannot be. */
export const canInstall = () => {
  if (isInstalled() || IN_ANOTHER_APP.test(navigator.userAgent)) return "";
  if (offered) return "now";
  return /iphone|ipad|ipod/i.test(navigator.userAgent) ? "by_hand" : "";
};

export const install = async () => {
  const event = offered;
  offered = null;
  await event?.prompt();
};
