/** Made-up prices by country, and the account's currency. */
import { NO_ERROR } from './errors.ts';

/** The account has one currency. */
export const CURRENCY = 'EUR';

const PRICES = [
  { prefix: '380', country: 'UA', country_name: 'Ukraine', mcc: '255', price: 0.23 },
  { prefix: '49', country: 'DE', country_name: 'Germany', mcc: '262', price: 0.07 },
  { prefix: '44', country: 'GB', country_name: 'United Kingdom', mcc: '234', price: 0.04 },
  { prefix: '1', country: 'US', country_name: 'United States', mcc: '310', price: 0.01 },
] as const;
const OTHER_PRICE = 0.05;

/** Whether there is such a tariff: 0 to 9, all with the same prices. */
export function isTariff(tariff: string): boolean {
  return /^\d$/.test(tariff);
}

/** Price of one message to that phone number, in {@link CURRENCY}. */
export function priceOf(msisdn: string): number {
  return PRICES.find(({ prefix }) => msisdn.startsWith(prefix))?.price ?? OTHER_PRICE;
}

/** Sum of prices, without the noise of binary fractions. */
export function totalOf(messages: readonly { readonly price: number }[]): number {
  return Number(messages.reduce((total, { price }) => total + price, 0).toFixed(4));
}

/** The answer to `GET /sms/prices`. */
export function wirePrices() {
  const prices = PRICES.map(({ country, country_name, mcc, price }) => ({
    type: 'sms',
    country,
    country_name,
    mcc,
    price: price.toFixed(7),
    currency: CURRENCY,
  }));
  return { ...NO_ERROR, prices };
}
