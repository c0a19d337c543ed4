import type { Code } from '../codes.ts';

/** 4xx: values that stand where only their sources belong. */
export const secrets: Readonly<Record<string, Code>> = {
  AG426: {
    title: 'a secret in the file',
    why: 'Whoever can read the repository, its history or a copy of it has the secret, and it cannot be changed without a commit.',
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
    note: 'Judged by the name of the variable or option (`PASSWORD`, `TOKEN`, `SECRET`, `API_KEY`), by a password in an address, and by the form of a private key. A program that reads no file gets the value by `DB_PASSWORD: { secret: shop-db }`.',
  },
};
