/** Who may stand as the applicant of a form told beforehand. */
import type { Procedure } from '../catalogue/catalogue.ts';

/** Organisations are asked about where a rule of the procedure speaks of them; elsewhere they are rare, and the counter's matter. */
export const isForOrganisationsToo = ({ timeLimits, papers, fees, agencies }: Procedure): boolean =>
  [...timeLimits, ...papers, ...fees, ...agencies].some(({ when }) => when.applicantKinds?.includes('organisation') === true);
