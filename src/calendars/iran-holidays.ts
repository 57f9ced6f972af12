import type { Holiday, HolidayRule } from './calendar';

const solar = (month: number, day: number, fa: string, en: string) => row({ on: 'jalali', month, day }, fa, en);
const lunar = (month: number, day: number, fa: string, en: string) => row({ on: 'lunar', month, day }, fa, en);
const row = (rule: HolidayRule, fa: string, en: string): Omit<Holiday, 'id'> => ({
  name: { fa, en },
  rule,
  moved: {},
  hours: [],
});

/** The official holidays of Iran, as the calendar council publishes them each year. */
export const IRAN_HOLIDAYS: readonly Omit<Holiday, 'id'>[] = [
  solar(1, 1, 'نوروز', 'Nowruz'),
  solar(1, 2, 'نوروز', 'Nowruz'),
  solar(1, 3, 'نوروز', 'Nowruz'),
  solar(1, 4, 'نوروز', 'Nowruz'),
  solar(1, 12, 'روز جمهوری اسلامی', 'Islamic Republic Day'),
  solar(1, 13, 'روز طبیعت', 'Nature Day'),
  solar(3, 14, 'رحلت امام خمینی', 'Death of Khomeini'),
  solar(3, 15, 'قیام ۱۵ خرداد', '15 Khordad uprising'),
  solar(11, 22, 'پیروزی انقلاب اسلامی', 'Victory of the Revolution'),
  solar(12, 29, 'ملی شدن صنعت نفت', 'Oil Nationalisation Day'),
  lunar(1, 9, 'تاسوعا', 'Tasu’a'),
  lunar(1, 10, 'عاشورا', 'Ashura'),
  lunar(2, 20, 'اربعین', 'Arbaeen'),
  lunar(2, 28, 'رحلت پیامبر و شهادت امام حسن', 'Death of the Prophet and martyrdom of Imam Hasan'),
  lunar(2, 30, 'شهادت امام رضا', 'Martyrdom of Imam Reza'),
  lunar(3, 8, 'شهادت امام حسن عسکری', 'Martyrdom of Imam Hasan al-Askari'),
  lunar(3, 17, 'میلاد پیامبر و امام صادق', 'Birth of the Prophet and of Imam Sadiq'),
  lunar(6, 3, 'شهادت حضرت فاطمه', 'Martyrdom of Fatima'),
  lunar(7, 13, 'ولادت امام علی', 'Birth of Imam Ali'),
  lunar(7, 27, 'مبعث', 'Mab’ath'),
  lunar(8, 15, 'نیمهٔ شعبان', 'Mid-Sha’ban'),
  lunar(9, 21, 'شهادت امام علی', 'Martyrdom of Imam Ali'),
  lunar(10, 1, 'عید فطر', 'Eid al-Fitr'),
  lunar(10, 2, 'تعطیل عید فطر', 'Eid al-Fitr, second day'),
  lunar(10, 25, 'شهادت امام صادق', 'Martyrdom of Imam Sadiq'),
  lunar(12, 10, 'عید قربان', 'Eid al-Adha'),
  lunar(12, 18, 'عید غدیر', 'Eid al-Ghadir'),
];
