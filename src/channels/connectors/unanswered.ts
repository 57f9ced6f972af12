import { type SendOutcome, UNREACHABLE } from '../sending';

/** A call that got no answer. */
export interface Unanswered {
  /** `false`: the connection was never made, so nothing happened. */
  reached: boolean;
  reason: string;
  /** It was not begun, for want of time: that says nothing of the way there. */
  late?: true;
}

type Retry = Extract<SendOutcome, { status: 'retry' }>;

/** What it means for a message: where nobody knows whether it went out, it is looked for. */
export const unanswered = (call: Unanswered): Extract<SendOutcome, { status: 'unknown' }> | Retry =>
  call.reached ? { status: 'unknown', reason: call.reason } : notBegun(call);

/** The same for a call that ends in one state however often it is made: doubt is only another try. */
export const unansweredAgain = (call: Unanswered): Retry =>
  call.reached ? { status: 'retry', reason: call.reason } : notBegun(call);

/** Nothing of the channel gets through: it waits as a whole, and one try after another stands for all. */
const notBegun = ({ reason, late }: Unanswered): Retry =>
  late ? { status: 'retry', reason } : { status: 'retry', reason, code: UNREACHABLE, scope: 'channel' };
