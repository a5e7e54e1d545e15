// How a host says no: ./workbook serve (server.js), or the page itself (../here/page_host.js).

/** The request was understood and refused: `message` is the host's sentence, `said` all of its answer. */
export class Refused extends Error {
  constructor(status, said) {
    super(said.error ?? "The server refused this, and did not say why.");
    this.status = status;
    this.said = said;
  }
}
/** No server answered, or the token is an old one: the bar at the foot of the page says so. */
export class Away extends Error {}
