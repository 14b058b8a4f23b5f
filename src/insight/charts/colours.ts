/**
 * The colours of pictures: each at least 4.5:1 on white, and told apart by those who see no red or no green (after Okabe
 * and Ito, Color Universal Design, made darker). None says anything by itself: a dash, a shape or a pattern says it too.
 */
export const INK = '#0b0c0c';
export const QUIET = '#505a5f';
export const FAINT = '#d3d9db';
export const PAPER = '#ffffff';
export const BLUE = '#005ea2';
export const ORANGE = '#b04a00';
export const TEAL = '#14424f';
