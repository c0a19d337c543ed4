import type { Page } from 'playwright-core';

/** Name and password into the portal's page, as a person does it. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.locator('#username-textfield').fill(name);
  await page.locator('#password-textfield').fill(password);
  await page.locator('#sign-in-button').click();
}

/** From the forge's own page of sign-in to the source that AutoGit made. It is there a moment after the forge. */
export async function openSource(page: Page, forge: string): Promise<void> {
  await page.goto(`${forge}/user/login`);
  await page.locator('a[href*="/user/oauth2/sso"]').click({ timeout: 10_000 });
}
