import { JobSlots } from './job-slots';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('slots of a queue', () => {
  it('gives no more than there are, and queues do not share', () => {
    const slots = new JobSlots((queue) => (queue === 'bot' ? 3 : 1));
    expect([slots.take('bot', 2), slots.take('bot', 2), slots.take('bot', 2)]).toEqual([2, 1, 0]);
    expect(slots.free('crm')).toBe(1);
  });

  it('serves those who wait in turn, before newcomers', async () => {
    const slots = new JobSlots(() => 1);
    await slots.wait('crm');
    const order: string[] = [];
    void slots.wait('crm').then(() => order.push('first'));
    void slots.wait('crm').then(() => order.push('second'));
    slots.release('crm');
    expect(slots.take('crm', 1)).toBe(0);
    await turn();
    expect(order).toEqual(['first']);
    slots.release('crm');
    await turn();
    expect(order).toEqual(['first', 'second']);
    slots.release('crm');
    expect(slots.free('crm')).toBe(1);
  });
});
