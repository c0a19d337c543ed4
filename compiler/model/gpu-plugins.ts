import type { ImageLicence } from './component.ts';
import type { GpuVendor } from './platform.ts';

/** What offers the GPUs of each vendor to the pods of a cluster, in the image that its maker publishes. */
export const gpuPlugins: Readonly<Record<GpuVendor, ImageLicence>> = {
  amd: { image: 'rocm/k8s-device-plugin:1.31.0.10', title: 'AMD device plugin', licence: 'Apache-2.0' },
  intel: { image: 'intel/intel-gpu-plugin:0.36.0', title: 'Intel GPU device plugin', licence: 'Apache-2.0' },
  nvidia: { image: 'nvcr.io/nvidia/k8s-device-plugin:v0.20.0', title: 'NVIDIA device plugin', licence: 'Apache-2.0' },
};
