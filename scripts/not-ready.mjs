/** The checkout could not be made ready; the message says why and what to do, and no stack is worth showing. */
export class NotReady extends Error {
  name = "NotReady";
}
