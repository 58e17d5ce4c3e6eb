// Why the outbox does not do what it was asked. The words for a code are the page's; `facts` holds what they need.
export class Refusal extends Error {
  constructor(code, facts = {}) {
    super(code);
    this.name = "Refusal";
    this.code = code;
    this.facts = facts;
  }
}
