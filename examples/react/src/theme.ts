/** Light, dark, or as the system is; kept for the next visit. */
import { useEffect, useState } from 'react';

const THEMES = ['system', 'light', 'dark'] as const;
const STORAGE_KEY = 'theme';

/** A choice of colours. */
export type Theme = (typeof THEMES)[number];

/** The theme, and a function that changes it. The colours follow `color-scheme`, see `main.css`. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    document.documentElement.style.colorScheme = theme === 'system' ? 'light dark' : theme;
    localStorage.setItem(STORAGE_KEY, theme);
  }, [theme]);
  return [theme, setTheme];
}

function readTheme(): Theme {
  const stored = localStorage.getItem(STORAGE_KEY);
  return THEMES.find((theme) => theme === stored) ?? 'system';
}
