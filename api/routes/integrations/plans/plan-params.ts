import { resourceId } from '../../../contract/shape.ts';
import { integrationParams } from '../../../require-integration.ts';

export const planParams = integrationParams.extend({ planId: resourceId.meta({ description: 'Plan id' }) });
