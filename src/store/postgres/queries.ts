export interface Queries {
  rows<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}
