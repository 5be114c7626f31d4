/** The views: `mount…(element, data, options)` → `{ update, dispose }`. They know nothing of JupyterLab. */

export { JOB_MIME, RESULT_MIME } from './bundle';
export { readBundle } from './read';
export { mountCard, type CardData, type CardOptions } from './card';
export { mountCircuit } from './circuit';
export { mountGrid } from './grid';
export { mountHistogram } from './histogram';
export { mountResult } from './result';
export { mountState } from './state';
export { mountSweep } from './sweep';
export { mountValues } from './values';
export type { View, ViewOptions, Words } from './view';
