/** From a change in Google's own page to the API: how long until it can be read. */
import { median, quantile, type Row } from './report.ts';
import type { Bench } from './stream.ts';

const pushes = 40;

export async function benchPush({ driver, say }: Bench): Promise<Row[]> {
  await driver.control('POST', '/reset', { seed: 11, contacts: 10, calendars: 3, eventsPerCalendar: 50 });
  const id = await driver.connect('google-calendar');
  await driver.settled(id);
  const { data } = await driver.api<{ data: { id: string; remoteId: string; primary?: boolean }[] }>(
    'GET',
    `/v1/integrations/${id}/collections`,
  );
  const calendar = data.find((entry) => entry.primary) ?? data[0];
  if (calendar === undefined) throw new Error('no calendar');
  const from = '2031-01-01T00:00:00Z';
  const read = () =>
    driver.api<{ data: { title: string }[] }>(
      'GET',
      `/v1/calendar-events?calendarId=${calendar.id}&from=${from}&limit=200`,
    );
  const latencies: number[] = [];
  for (let push = 0; push < pushes; push += 1) {
    const summary = `push ${push}`;
    const startedAtMs = performance.now();
    await driver.control(
      'POST',
      `/google/ada@example.com/calendars/${encodeURIComponent(calendar.remoteId)}/events`,
      {
        summary,
        start: { dateTime: '2031-05-05T10:00:00Z' },
        end: { dateTime: '2031-05-05T11:00:00Z' },
      },
    );
    for (;;) {
      if ((await read()).data.some((event) => event.title === summary)) break;
      if (performance.now() - startedAtMs > 30_000) throw new Error(`${summary} did not arrive`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    latencies.push(performance.now() - startedAtMs);
    await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 800));
  }
  await driver.remove(id);
  say(`push: ${latencies.map(Math.round).join(' ')} ms`);
  return [
    {
      what: 'push at the provider → readable',
      size: `${pushes} pushes`,
      ours: `p50 ${Math.round(median(latencies))} ms, p95 ${Math.round(quantile(latencies, 0.95))} ms`,
    },
  ];
}
