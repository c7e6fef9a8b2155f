import { PageTitle } from '../parts/page-title';
import { session } from '../state/current';
import { ApiKeysSection } from './settings/api-keys-section';
import { MerchantSection } from './settings/merchant-section';
import { PasswordSection } from './settings/password-section';
import { SecondFactorSection } from './settings/second-factor-section';
import { StaffSection } from './settings/staff-section';

/** The person's own account, and what an owner sets for the merchant. */
export function SettingsView() {
  const person = session.person.value!;
  return (
    <>
      <PageTitle title="Settings" />
      <p class="soft">
        Signed in as {person.name} ({person.email}), {person.role}.
      </p>
      <div class="sections-of-page">
        <SecondFactorSection />
        <PasswordSection />
        {session.can('staff:write') && <StaffSection />}
        {session.can('keys:write') && <ApiKeysSection />}
        <MerchantSection />
      </div>
    </>
  );
}
