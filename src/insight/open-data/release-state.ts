/**
 * How far a release is: somebody prepared it, somebody else approved it, its figures were drawn, its files are out. Before it
 * is approved it may be withdrawn. It never goes back.
 */
export type ReleaseState = 'prepared' | 'approved' | 'drawn' | 'published' | 'withdrawn';
