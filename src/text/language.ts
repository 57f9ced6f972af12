import { wordsOf } from './normalise';

/** Persian, English, or Persian in Latin letters as people type it (`salam khubi`). */
export type Language = 'fa' | 'en' | 'fingilish';

/**
 * Guesses the language of a message from its script and, within Latin letters, from its commonest words and spelling.
 * Null when there is nothing to go by: only digits, emoji or another script. A guess for routing and display, not a
 * detector: other languages in Arabic or Latin letters get the nearer of the three.
 */
export function guessLanguage(text: string): Language | null {
  let arabic = 0;
  let latin = 0;
  for (const letter of text.match(/\p{L}/gu) ?? []) {
    if (/\p{Script=Arabic}/u.test(letter)) arabic += 1;
    else if (/\p{Script=Latin}/u.test(letter)) latin += 1;
  }
  if (arabic === 0 && latin === 0) return null;
  // names of products and sites come in Latin within Persian sentences, the other way round hardly ever
  if (arabic * 2 >= latin) return 'fa';
  const leaning = wordsOf(text).reduce((sum, word) => sum + leaningOf(word), 0);
  return leaning > 0 ? 'fingilish' : 'en';
}

/** Above 0: more like Persian in Latin letters; below 0: more like English. */
function leaningOf(word: string): number {
  const persian = FINGILISH_WORDS.has(word);
  const english = ENGLISH_WORDS.has(word);
  if (persian || english) return 3 * (Number(persian) - Number(english)); // `bad`, `in`, `do` are both: they say nothing
  let leaning = 0;
  for (const [pattern, weight] of SPELLINGS) if (pattern.test(word)) leaning += weight;
  return leaning;
}

const listed = (words: string) => new Set(words.split(/\s+/).filter(Boolean));

const FINGILISH_WORDS = listed(`
  salam slm salaam dorood khodafez mersi merci mamnoon mamnun lotfan khahesh bale baleh areh na nakheir chashm ok
  man mn shoma ma oo una ona ishoon khodam khodet in oon un inja unja oonja hamin hamoon hame hameh
  chi chie chiye che chera chra kei ki koja kojas kojast kojaye chand chande chnd cheghad cheghadr chetor chetori
  chejoori chejuri chetoriye kodom kodoom aya
  hast hastam hasti hastin hastid nist nistam nistesh bood bud boodam bashe bashad bashid dare daram darid darin dari
  nadare nadaram nadarid mikham mikhastam mikhaam nemikham mikhay mikhad mikhaid mishe nemishe mishavad shod shode shodam
  nashod nashode beshe kard karde kardam kardid nakarde konam konid konin kon kone koni mikone mikonam mikonid mikonin
  bedam bedin bedid mide midid midin midam dadam dadan begir begiram gereftam raft rafte raftam miad miyad omad oomad
  amad resid reside nareside nayomade nayumade mirese miresoonid miresonid ferestad befrestid mifrestid mifrestin
  kharid kharidam bekharam mikharam befrest bezan bezanam zadam mizanam zang goft goftam gofte begam bego begid
  ro ra too tu az ba be ye yek yeki do va ke age agar vali ama amma ham dg dige digeh hanooz hanuz hala alan aln
  emrooz emruz farda dirooz hafte mah rooz ruz saat vaght bad baad badan ghabl ghablan zood zud dir kheili kheyli khyli
  ziad kam bishtar behtar khoob khub khob bade bad gheymat gheimat ghimat hazine pool pul pulam poolam toman tomn
  sefaresh sefaresham sefareshemo kala mahsool mahsul jens kif kafsh lebas rang size andaze post peyk ersal tahvil
  pardakht hesab kart cart ramz ramzam shomare adres address ketab gooshi goshi khat kharab peigiri peygiri pas pass
  marjoo takhfif garanti forooshgah maghaze aks tamas javab soal moshkel shekayat khaste eshtebah eshteba vase baraye
  barayeh bara ta ya tou tuye rooye harchi hich hichi kasi chizi chiz kar karha nafar khoda
  mersi mrc agha agho khanom khanoum dooste doost azizam aziz joon jan kojaei koo kojan miresad
`);

const ENGLISH_WORDS = listed(`
  i you he she it we they me him her us them my your his its our their mine yours this that these those
  a an the and or but if of to in on at by for with from about into out up down off over under as
  is are was were be been being am do does did done doing have has had having will would can could should may might must
  not no yes don't doesn't didn't can't cannot isn't won't im i'm i've
  what which who whom whose when where why how much many any some all each every more most other another
  there here then than so too very just only also again still yet ever never always now today tomorrow yesterday
  hi hello hey thanks thank please pls sorry ok okay
  want need know get got give take make made see look find tell say ask use try help work call send sent buy bought pay
  paid order orders ordered cancel return returned refund delivery deliver delivered shipping ship track tracking price
  cost product products account card cards payment money bank day days week month time date hours phone number email
  address size colour color store shop site app code password login available stock free new old good best better bad
  wrong broken lost late long possible change changed open close closed back after before one two first last
`);

/** Spelling that tells the two apart in words on neither list. */
const SPELLINGS: readonly (readonly [RegExp, number])[] = [
  [/kh|gh(?!t)|zh/, 2],
  [/^(ne?mi|mi(?=[^nsxlr])|bi(?=kh|y)|na(?=kh|sh|d|z))\w{2,}/, 1.5],
  [/aa|ii|iy|ei$|oo[mn]$|aye?$/, 1],
  [/(esh|etoon|eshoon|amo|eto|esho|etun|haye?|hayeh|tarin)$/, 1.5],
  [/[^aeiouy](am|im|id|and|eh|e|i|o)$/, 0.6],
  [/j[aeiou]$|q(?!u)/, 1],
  [/th|ck|wh|w|x|ph|tch|tion|ing$|ed$|ly$|ous$|ment$|ness$|able$|ght/, -2],
  [/ea|ou[rlt]|ay$|ew|ow|qu|(.)\1$|c(?![h])|y$|[^aeiou]s$/, -1],
];
