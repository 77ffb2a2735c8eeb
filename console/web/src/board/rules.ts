/** Postures' rules and reserves in words. */
import type { PostureRule, Reserve } from '../wire/types';

export function ruleWords(r: PostureRule, deskName: (id: string) => string): string {
  const who = [r.priority ? `P${r.priority}` : '', r.types?.join(', ') ?? ''].filter(Boolean).join(' ') || 'all';
  return `${who} ${r.action}${r.limit_ms ? ` up to ${Math.round(r.limit_ms / 60_000)} min` : ''}${r.desk ? ` to ${deskName(r.desk)}` : ''}`;
}

/** Rules that say the same of several priorities become one phrase: "P3 P4 P5 hold up to 60 min". */
export function rulesWords(rules: PostureRule[], deskName: (id: string) => string): string[] {
  const by = new Map<string, string[]>();
  for (const r of rules) {
    const words = ruleWords({ ...r, priority: undefined }, deskName).replace(/^all /, '');
    by.set(words, [...(by.get(words) ?? []), r.priority ? `P${r.priority}` : r.types?.length ? '' : 'all']);
  }
  return [...by].map(([words, who]) => `${who.filter(Boolean).join(' ')} ${words}`.trim());
}

export function reserveWords(r: Reserve): string {
  return `P${r.priority}${r.priority < 5 ? ' and below' : ''}: sent only while more than ${r.units} ${r.units === 1 ? 'unit is' : 'units are'} free${r.band ? `, again at ${r.units + r.band + 1}` : ''}`;
}
