/** Everything about laws that a phone loads later, as one file: the first screen names it once. */
export { kept, keepNewest } from './law';
export { default as Law } from './screens/Law.svelte';
export { default as LawPick } from './ui/LawPick.svelte';
export { default as LawText } from '../ui/LawText.svelte';
export { default as Questions } from './ui/Questions.svelte';
