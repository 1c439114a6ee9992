/** A UUID of the next random numbers in [0, 1): of version 4, or in the form of another. */
export function uuid(random: () => number, version = '4'): string {
  return 'xxxxxxxx-xxxx-vxxx-yxxx-xxxxxxxxxxxx'.replace(/[vxy]/g, (digit) => {
    if (digit === 'v') return version;
    const value = Math.floor(random() * 16);
    return (digit === 'x' ? value : (value % 4) + 8).toString(16);
  });
}
