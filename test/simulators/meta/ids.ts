/**
 * Provider-looking ids. `base` tells one run from the next: with a fixed base ids repeat from run to run (tests); with
 * the start time as base a restarted simulator never reuses an id the app has already seen.
 */
export class ProviderIds {
  private count = 0;

  constructor(private readonly base: string) {}

  digits(prefix: string): string {
    this.count += 1;
    return `${prefix}${this.base}${String(this.count).padStart(5, '0')}`;
  }

  mid(platform: 'facebook' | 'instagram'): string {
    const tail = Buffer.from(this.digits('')).toString('base64url');
    return platform === 'facebook' ? `m_${tail}` : `aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE${tail}`;
  }
}
