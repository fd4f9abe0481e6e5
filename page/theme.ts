/** Light, dark, or as the system has it. */
const KEY = 'labgen-theme';
const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const listeners: ((theme: Theme) => void)[] = [];

export function theme(): Theme {
  const set = document.documentElement.dataset['theme'];
  return set === 'light' || set === 'dark' ? set : 'system';
}

export function setTheme(next: Theme): void {
  if (next === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A page out of a file may have no storage; the choice then holds for as long as it is open.
  }
  for (const listener of listeners) listener(next);
}

/** As it was chosen the last time. */
export function restoreTheme(): void {
  try {
    const kept = THEMES.find((each) => each === localStorage.getItem(KEY));
    if (kept !== undefined && kept !== 'system') document.documentElement.dataset['theme'] = kept;
  } catch {
    // None is kept.
  }
}

export function nextTheme(): Theme {
  return THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length] ?? 'system';
}

export function onTheme(listener: (theme: Theme) => void): void {
  listeners.push(listener);
}
