/** Where a fact comes from. */
export interface Source {
  readonly fact: string;
  readonly from: string;
}
