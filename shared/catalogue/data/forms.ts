/** Every shipped e-form (tờ khai điện tử), one JSON file each, named by its id. */
import birthRegistration from './forms/birth-registration.json';
import certifiedCopy from './forms/certified-copy.json';
import civilStatusChange from './forms/civil-status-change.json';
import civilStatusExtract from './forms/civil-status-extract.json';
import civilStatusReregistration from './forms/civil-status-reregistration.json';
import contractCertification from './forms/contract-certification.json';
import deathRegistration from './forms/death-registration.json';
import genericRequest from './forms/generic-request.json';
import guardianshipRegistration from './forms/guardianship-registration.json';
import householdBusiness from './forms/household-business.json';
import landChange from './forms/land-change.json';
import landFirstRegistration from './forms/land-first-registration.json';
import landMediation from './forms/land-mediation.json';
import maritalStatusCertificate from './forms/marital-status-certificate.json';
import marriageRegistration from './forms/marriage-registration.json';
import mortgageRegistration from './forms/mortgage-registration.json';
import mortgageRemoval from './forms/mortgage-removal.json';
import mortgageTransfer from './forms/mortgage-transfer.json';
import parentChildRecognition from './forms/parent-child-recognition.json';
import residenceCt01 from './forms/residence-ct01.json';
import signatureCertification from './forms/signature-certification.json';
import socialAllowance from './forms/social-allowance.json';
import underSixJoint from './forms/under-six-joint.json';
import willCertification from './forms/will-certification.json';

export const formFiles: readonly unknown[] = [
  birthRegistration,
  certifiedCopy,
  civilStatusChange,
  civilStatusExtract,
  civilStatusReregistration,
  contractCertification,
  deathRegistration,
  genericRequest,
  guardianshipRegistration,
  householdBusiness,
  landChange,
  landFirstRegistration,
  landMediation,
  maritalStatusCertificate,
  marriageRegistration,
  mortgageRegistration,
  mortgageRemoval,
  mortgageTransfer,
  parentChildRecognition,
  residenceCt01,
  signatureCertification,
  socialAllowance,
  underSixJoint,
  willCertification,
];
