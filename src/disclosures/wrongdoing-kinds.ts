/**
 * What is called serious wrongdoing in section 10(a) to (e) of the Protected Disclosures (Protection of Whistleblowers) Act
 * 2022, and `not-stated`: the codes by which disclosures are published.
 */
export const WRONGDOING_KINDS = ['offence', 'risk', 'law', 'money', 'conduct', 'not-stated'] as const;
export type WrongdoingKind = (typeof WRONGDOING_KINDS)[number];
