import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal';
import { DomainError } from '../../platform/errors';
import { checked } from '../../platform/validation';

/** A way on for a conversation that ends elsewhere. Each is a module of its own, which registers while modules initialise. */
export abstract class HandoffTarget<Body extends object = object> {
  abstract readonly to: 'phone' | 'email';
  /** What its body is checked against, problems named by field; `to` is a field of it. */
  abstract readonly body: new () => Body;
  /**
   * @param body as checked
   * @param key the caller's Idempotency-Key
   * @returns the answer of `POST /conversations/:id/handoff`
   * @throws DomainError `not_found` for a conversation the caller may not see
   */
  abstract begin(
    who: Principal,
    conversationId: string,
    body: Body,
    key: string | undefined,
  ): Promise<Record<string, unknown>>;
}

@Injectable()
export class HandoffTargets {
  private readonly targets = new Map<string, HandoffTarget>();

  register(target: HandoffTarget): void {
    this.targets.set(target.to, target);
  }

  begin(
    who: Principal,
    conversationId: string,
    to: 'phone' | 'email',
    body: unknown,
    key: string | undefined,
  ): Promise<Record<string, unknown>> {
    const target = this.targets.get(to);
    if (!target) throw new DomainError('misconfigured', `Handing off by ${to} is not part of this installation.`);
    return target.begin(who, conversationId, checked(target.body, body), key);
  }
}
