import { linkUrl, newSecret, secretHash } from '@holdfast/contracts';
import { FIRST_OWNER } from '../../../accounts/src/application/ensure-merchants';
import { withAccounts } from './share-merchants';

/**
 * How to get into the merchants' page, for the ready message: a new one-time link while the first owner has no password, since a former link
 * ends after an hour; else the command that makes one.
 */
export async function adminSignIn(accountsUrl: string, address: string): Promise<string> {
  const token = newSecret();
  const isInvited = await withAccounts(accountsUrl, (desk) =>
    desk.inviteOwner({ email: FIRST_OWNER, linkHash: secretHash(token) }),
  );
  return isInvited
    ? `sign in with the one-time link ${linkUrl(address, token)} (valid for an hour)`
    : 'to sign in without a password: npx holdfast staff link --email <address>';
}
