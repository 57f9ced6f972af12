// A channel whose token has ended: alarms and what the admins are told of them.
const HOUR = 3_600_000;

/** Breaks the channel at this index, told to whoever looks. @returns what repairs it */
export function breakChannel({ world, happens }, index = 3) {
  const { id, name, kind } = world.channels[index];
  const channel = { id, name, kind };
  const since = new Date(Date.now() - 14 * HOUR).toISOString();
  const alarm = {
    name: 'reconnect',
    message: { fa: 'توکن دسترسی پایان یافته است.', en: 'The access token has expired.' },
    fix: {
      fa: 'کانال را دوباره وصل کنید؛ آنچه در این میان نوشته شده پس از آن فرستاده می‌شود.',
      en: 'Connect the channel again; what was written meanwhile goes out after that.',
    },
  };
  const notice = {
    id: '09',
    kind: 'channel.alarm',
    ticket: null,
    count: 1,
    tickets: { count: 0, first: [] },
    data: { channel, alarms: [alarm] },
    createdAt: since,
    ringAt: since,
    readAt: null,
  };
  world.openAlarms = [{ ...alarm, id: 'alarm-1', raisedAt: since, seenAt: since, channel }];
  world.notices.unshift(notice);
  happens('channel.alarm_raised', {}, { channelId: id, name: alarm.name });
  return () => {
    world.openAlarms = [];
    notice.readAt = new Date().toISOString();
    notice.data.overAt = notice.readAt;
    happens('channel.alarm_cleared', {}, { channelId: id, name: alarm.name });
    happens('agent.notice_settled', {}, { notificationId: notice.id, kind: notice.kind });
  };
}
