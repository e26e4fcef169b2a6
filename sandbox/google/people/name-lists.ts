/** Names, companies and places that seeded contacts are made of. None needs escaping in JSON. */

export interface NameList {
  /** [as written, in ASCII for addresses] */
  given: readonly (readonly [string, string])[];
  family: readonly (readonly [string, string])[];
  /** How a full name is written: family name first, and with or without a space. */
  familyFirst?: boolean;
  joiner?: string;
  country: string;
  countryCode: string;
  phone: string;
  cities: readonly string[];
  streets: readonly string[];
}

const pairs = (text: string): [string, string][] =>
  text.split(' ').map((item) => {
    const [written = '', ascii] = item.split('|');
    return [written, (ascii ?? written).toLowerCase()];
  });

const european: NameList[] = [
  {
    given: pairs(
      'James Olivia Amelia Oliver Harriet George Isla Arthur Freya Alfie Grace Henry Poppy Leo Ivy Oscar Rosie Theo Martha Edward',
    ),
    family: pairs(
      "Smith Jones Taylor Brown Williams Wilson Evans O'Neill|oneill Walker Wright Hughes Green Hall Clarke Turner Baker Cooper Ward Morris King",
    ),
    country: 'United Kingdom',
    countryCode: 'GB',
    phone: '+4420794',
    cities: ['London', 'Manchester', 'Leeds', 'Bristol', 'Edinburgh'],
    streets: ['High Street', 'Station Road', 'Church Lane', 'Mill Road', 'Victoria Avenue'],
  },
  {
    given: pairs(
      'Jürgen|juergen Anna Björn|bjoern Käthe|kaethe Lukas Mia Sören|soeren Emilia Felix Johanna Maximilian Greta Paul Leonie Jonas Charlotte',
    ),
    family: pairs(
      'Müller|mueller Schmidt Weiß|weiss Schäfer|schaefer Fischer Krüger|krueger Hoffmann Wagner Becker Groß|gross Lindqvist Vogel Richter Klein Wolf Schröder|schroeder',
    ),
    country: 'Germany',
    countryCode: 'DE',
    phone: '+4930886',
    cities: ['Berlin', 'München', 'Köln', 'Hamburg', 'Leipzig'],
    streets: ['Hauptstraße', 'Bahnhofstraße', 'Gartenweg', 'Lindenallee', 'Schulstraße'],
  },
  {
    given: pairs(
      'María|maria José|jose Lucía|lucia Iñaki|inaki Sofía|sofia João|joao Beatriz Zoë|zoe François|francois Chloé|chloe Élodie|elodie Thiago Inês|ines Raúl|raul',
    ),
    family: pairs(
      'García|garcia Muñoz|munoz Fernández|fernandez Silva Gonçalves|goncalves Núñez|nunez Lefèvre|lefevre Dubois Peña|pena Ibáñez|ibanez Moreau Conceição|conceicao',
    ),
    country: 'Spain',
    countryCode: 'ES',
    phone: '+3491555',
    cities: ['Madrid', 'Sevilla', 'A Coruña', 'Málaga', 'Bilbao'],
    streets: ['Calle Mayor', 'Avenida de la Constitución', 'Calle del Pez', 'Plaza Nueva'],
  },
];

const others: NameList[] = [
  {
    given: pairs('太郎|taro 花子|hanako 健太|kenta さくら|sakura 翔|sho 美咲|misaki 大輔|daisuke'),
    family: pairs('山田|yamada 佐藤|sato 鈴木|suzuki 高橋|takahashi 渡辺|watanabe 小林|kobayashi'),
    familyFirst: true,
    joiner: '',
    country: 'Japan',
    countryCode: 'JP',
    phone: '+8133555',
    cities: ['東京都', '大阪市', '京都市'],
    streets: ['銀座', '本町', '桜木町'],
  },
  {
    given: pairs('Иван|ivan Ольга|olga Дмитро|dmytro Наталія|nataliia Сергей|sergei Елена|elena'),
    family: pairs('Шевченко|shevchenko Петров|petrov Коваленко|kovalenko Иванова|ivanova Бондар|bondar'),
    country: 'Ukraine',
    countryCode: 'UA',
    phone: '+3804455',
    cities: ['Київ', 'Львів', 'Одеса'],
    streets: ['вулиця Хрещатик', 'проспект Свободи', 'вулиця Дерибасівська'],
  },
  {
    given: pairs('محمد|mohammed فاطمة|fatima يوسف|youssef ليلى|layla عمر|omar نور|nour'),
    family: pairs('الحسن|alhassan حداد|haddad خوري|khoury المصري|almasri نجار|najjar'),
    country: 'Egypt',
    countryCode: 'EG',
    phone: '+2022555',
    cities: ['القاهرة', 'الإسكندرية'],
    streets: ['شارع التحرير', 'شارع النيل'],
  },
  {
    given: pairs('민준|minjun 서연|seoyeon 지훈|jihoon 하은|haeun 伟|wei 芳|fang'),
    family: pairs('김|kim 이|lee 박|park 최|choi 王|wang 李|li'),
    familyFirst: true,
    joiner: '',
    country: 'South Korea',
    countryCode: 'KR',
    phone: '+8225555',
    cities: ['서울특별시', '부산광역시'],
    streets: ['세종대로', '강남대로'],
  },
  {
    given: pairs('Γιώργος|giorgos Ελένη|eleni Νίκος|nikos अर्जुन|arjun प्रिया|priya Ngọc|ngoc'),
    family: pairs('Παπαδόπουλος|papadopoulos Νικολάου|nikolaou शर्मा|sharma पटेल|patel Nguyễn|nguyen'),
    country: 'Greece',
    countryCode: 'GR',
    phone: '+3021055',
    cities: ['Αθήνα', 'Θεσσαλονίκη'],
    streets: ['Οδός Ερμού', 'Λεωφόρος Αλεξάνδρας'],
  },
];

/** Three in four contacts come from the first three lists. */
export const nameLists: readonly NameList[] = [
  ...european,
  ...european,
  ...european,
  ...european,
  ...european,
  ...others,
];

export const companies = [
  'Brightwater Logistics',
  'Nordlicht Energie GmbH',
  'Casa Verde Arquitectos',
  'Fable & Finch',
  'Harbour Street Dental',
  'Meridian Analytics',
  'Atelier Lumière',
  'Kestrel Robotics',
  'Tanaka Ceramics 株式会社',
  'Open Orchard Foundation',
  'Bluebell School',
  'Stonebridge Legal LLP',
] as const;

export const departments = ['Engineering', 'Sales', 'Finance', 'People', 'Operations', 'Research'] as const;

export const titles = [
  'Software Engineer',
  'Account Manager',
  'Head of Operations',
  'Teacher',
  'Architect',
  'Dentist',
  'Product Designer',
  'CFO',
  'Translator',
  'Electrician',
] as const;

export const notes = [
  'Met at the conference in Lisbon.',
  'Prefers calls after 16:00.',
  'Neighbour, has the spare key.',
  'Allergic to peanuts!\\nBirthday cake from the bakery on the corner.',
  'Ask about the sailing trip.',
  'Introduced by Maria – follow up in spring.',
] as const;

/** Labels of the world; the first is given to one contact in six, the later ones to fewer. */
export const labelNames = [
  'Clients',
  'University',
  'Book club',
  'Neighbours',
  'Suppliers',
  'Sailing',
] as const;
