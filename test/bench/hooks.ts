import { metaBytes, metaSignature } from '../simulators/meta/wire';
import { SECRET } from './secret';

/** A direct message as Messenger would post it, unique by `n`. The same bytes for floors and product. */
export function hook(run: string, n: number, account: string, people: number): { bytes: Buffer; signature: string } {
  const at = Date.now();
  const message = {
    sender: { id: `77${(n * 7919) % people}` },
    recipient: { id: account },
    timestamp: at,
    message: { mid: `m_${run}_${n}`, text: `سلام، سفارش شمارهٔ ${run}-${n} کِی می‌رسد؟ 🍎` },
  };
  const bytes = metaBytes({ object: 'page', entry: [{ id: account, time: at, messaging: [message] }] });
  return { bytes, signature: metaSignature(SECRET, bytes) };
}
