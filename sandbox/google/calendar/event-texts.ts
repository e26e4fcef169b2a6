/** What seeded events are called. */
export const summaries = [
  'Weekly planning',
  'Lunch with Noor',
  'Dentist',
  'Design review',
  'Call with 山田さん',
  'Parents’ evening',
  'Running group',
  '1:1 with Thiago',
  'Flight to Lisbon',
  'Pick up Élodie',
  'Board meeting',
  'Choir rehearsal',
  'Interview',
  'Release day',
] as const;

export const projects = [
  'Aurora',
  'Harbour',
  'Q4 budget',
  'New kitchen',
  'Onboarding',
  'Summer fair',
] as const;

export const places = [
  'Room Ada, 3rd floor',
  'Café Nord, Hauptstraße 12, Berlin',
  'https://meet.example.com/abc-defg',
  'Town hall',
  'Praxis Dr. Weiß',
] as const;

export const talk = [
  'Agenda:\n1. Where we are\n2. What is next',
  'Please read the <b>draft</b> before.',
  'Bring the documents.',
  'Dial-in is in the invitation.',
] as const;
