/** A register of what was decided on disclosures: its words stand under `duties.registers`, by its name. */
interface Register {
  readonly name: string;
  readonly href: string;
}

/** Every register, in the order of their page. */
export const REGISTERS: readonly Register[] = [
  { name: 'no_action', href: '/staff/disclosures/registers/no-action' },
  { name: 'referrals', href: '/staff/referrals?direction=going&path=disclosure' },
  { name: 'withheld', href: '/staff/disclosures/withheld' },
];
