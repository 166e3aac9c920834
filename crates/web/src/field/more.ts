/** The screens behind 我的 that are seldom opened, as one file: the first screen names it once. */
export { default as Carry } from './screens/Carry.svelte';
export { default as Outbox } from './screens/Outbox.svelte';
export { default as Receipts } from './screens/Receipts.svelte';
export { default as Settings } from './screens/Settings.svelte';
