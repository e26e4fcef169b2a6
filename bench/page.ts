/** The page in a real Chromium, with much in it: a warm Manage view, and a list of 100,000 contacts. */
import type { Page } from 'playwright-core';
import postgres from 'postgres';
import { findChromium, launchChromium } from '../dev/chromium.ts';
import { median, type Row } from './report.ts';
import type { Bench } from './stream.ts';

const people = 100_000;
const looks = 7;
const pages = 25;
const frames = 120;

/** Throws where there is no Chromium, or where the page broke a script. */
export async function benchPage({ driver, stack, say }: Bench): Promise<Row[]> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium here; CHROMIUM_PATH names one.');
  await driver.control('POST', '/reset', { seed: 11 });
  const id = await driver.connect('linear');
  await driver.settled(id);
  await seedContacts(stack.running, people);
  const browser = await launchChromium(executablePath);
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 860 }, reducedMotion: 'reduce' });
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(stack.signInUrl);
    const manageMs = await lookAtManage(page);
    await goTo(page, 'Contacts');
    const pagesMs = await scrollOn(page);
    const framesMs = await scrollThrough(page);
    if (errors.length > 0) throw new Error(`The page broke: ${errors.join('; ')}`);
    say(`page: Manage ${brief(manageMs)}; next contacts ${brief(pagesMs)}`);
    const list = `${people.toLocaleString('en')} contacts`;
    return [
      { what: 'a warm Manage view', size: `${looks} times`, ours: tell(manageMs) },
      { what: 'from the end of the list to the next 200', size: list, ours: tell(pagesMs) },
      { what: 'a frame while scrolling 400 px each', size: `${frames} frames`, ours: tell(framesMs) },
    ];
  } finally {
    await browser.close();
    await driver.remove(id);
  }
}

const brief = (figuresMs: readonly number[]): string => `${figuresMs.map(Math.round).join(' ')} ms`;

const tell = (figuresMs: readonly number[]): string =>
  `median ${median(figuresMs).toFixed(0)} ms, longest ${Math.max(...figuresMs).toFixed(0)} ms`;

/** Contacts of the first user, straight into the tables. */
export async function seedContacts(
  { databaseUrl, userId }: Pick<Bench['stack']['running'], 'databaseUrl' | 'userId'>,
  count: number,
): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  await sql`
    insert into contacts (id, workspace_id, user_id, first_name, last_name, email, company)
    select 'con_' || lpad(n::text, 32, '0'), workspace_id, id, 'Person', n::text,
      'person' || n || '@mail.example', 'Example'
    from users, generate_series(1, ${count}::int) n where id = ${userId}`;
  await sql.end();
}

const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

/** A second look: from the click on a card until tabs, figures and latest syncs stand there, and a frame was drawn after it. */
async function lookAtManage(page: Page): Promise<number[]> {
  const figuresMs: number[] = [];
  for (let look = -1; look < looks; look += 1) {
    await goTo(page, 'Integrations');
    await page.getByRole('link', { name: 'Linear' }).waitFor();
    const ms = await page.evaluate(async () => {
      const frame = () => new Promise(requestAnimationFrame);
      const start = performance.now();
      document.querySelector<HTMLAnchorElement>('.card-link')?.click();
      while (!(document.querySelector('.tab') && document.querySelector('.run'))) await frame();
      await frame();
      return performance.now() - start;
    });
    // The first is a cold one.
    if (look >= 0) figuresMs.push(ms);
  }
  return figuresMs;
}

/** To the end of what is loaded, again and again, each time until there is more. */
async function scrollOn(page: Page): Promise<number[]> {
  await page.locator('.contact-row').first().waitFor();
  const figuresMs: number[] = [];
  for (let loaded = 0; loaded < pages; loaded += 1) {
    figuresMs.push(
      await page.evaluate(async () => {
        const height = () => document.documentElement.scrollHeight;
        const [before, start] = [height(), performance.now()];
        window.scrollTo(0, before);
        while (height() === before) await new Promise(requestAnimationFrame);
        return performance.now() - start;
      }),
    );
  }
  return figuresMs;
}

const scrollThrough = (page: Page): Promise<number[]> =>
  page.evaluate(async (steps) => {
    window.scrollTo(0, 0);
    const figuresMs: number[] = [];
    let last = performance.now();
    for (let step = 0; step < steps; step += 1) {
      window.scrollBy(0, 400);
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      figuresMs.push(now - last);
      last = now;
    }
    return figuresMs;
  }, frames);
