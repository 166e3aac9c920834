/** Whether the browser keeps what is stored, and how much room there is. */

export const storage = $state<{ persisted: boolean | undefined; usedMb: number; quotaMb: number }>({ persisted: undefined, usedMb: 0, quotaMb: 0 });
const MB = 1 << 20;

async function look(): Promise<void> {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  storage.usedMb = Math.ceil(usage / MB);
  storage.quotaMb = Math.floor(quota / MB);
}

/** Asks the browser to keep it. Some ask the person, some decide by themselves, some never agree. */
export async function askToKeep(): Promise<void> {
  storage.persisted = (await navigator.storage?.persist?.()) ?? false;
  await look();
}

void navigator.storage?.persisted?.().then(async (persisted) => {
  if (!persisted) return askToKeep();
  storage.persisted = true;
  await look();
});
