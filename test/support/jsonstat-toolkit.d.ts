// The reader comes without types. What the tests use of it.
declare module 'jsonstat-toolkit' {
  interface Category {
    readonly label: string;
  }
  interface Dimension {
    readonly id: readonly string[];
    readonly label: string;
    readonly role: string | null;
    Category(code: string): Category | null;
  }
  interface Dataset {
    readonly class: string;
    readonly label: string;
    readonly id: readonly string[];
    readonly size: readonly number[];
    readonly n: number;
    readonly role: Readonly<Record<string, readonly string[]>>;
    Dimension(name: string): Dimension | null;
    Data(cell: Readonly<Record<string, string>>): { readonly value: number } | null;
  }
  export default function JSONstat(response: unknown): Dataset;
}
