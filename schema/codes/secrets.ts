import type { Code } from '../codes.ts';

/** 4xx: values that stand where only their sources belong. */
export const secrets: Readonly<Record<string, Code>> = {
  AG426: {
    title: 'a secret in the file',
    why: 'Whoever can read the repository, its history or a copy of it has the secret, and it cannot be changed without a commit. Where the name or the form leaves no doubt it is an error; where it may be something else, a warning.',
    wrong: `name: home
domain: home.lan
services:
  shop:
    image: "shop:1"
    environment: { DB_PASSWORD: correct-horse }
`,
    right: `name: home
domain: home.lan
services:
  shop:
    image: "shop:1"
    environment: { DB_PASSWORD_FILE: /run/secrets/shop-db }
    secrets: [shop-db]
secrets: { shop-db: { env: SHOP_DB_PASSWORD } }
`,
    accept: 'the value is public: it is the password of a demonstration',
    note: 'Judged by the name of the variable or option (`DB_PASSWORD`, `API_TOKEN`, `CLIENT_SECRET`, `SECRET_KEY`), by a password in an address, by the form of a private key and by that of the tokens of known services. A name that only contains such a word, such as `REDIS_KEY_PREFIX`, gives a warning. Switches (`yes`, `1`), paths and what is filled in later (`$(NAME)`) are no secrets. A program that reads no file gets the value by `DB_PASSWORD: { secret: shop-db }`.',
  },
};
