import { Injectable } from '@nestjs/common';
import { DomainError } from '../../platform/errors';
import { TwilioVoice } from './twilio/twilio';
import type { VoiceProvider } from './voice-provider';

/** Every provider that calls can go through. */
@Injectable()
export class VoiceProviders {
  private readonly byName = new Map<string, VoiceProvider>([new TwilioVoice()].map((each) => [each.name, each]));

  get names(): string[] {
    return [...this.byName.keys()];
  }

  /** @throws DomainError `misconfigured` */
  of(name: string): VoiceProvider {
    const provider = this.byName.get(name);
    if (!provider) throw new DomainError('misconfigured', `Calls through ${name} are not part of this installation.`);
    return provider;
  }
}
