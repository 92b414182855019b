/** The gate: an arch with a raised grille. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#0f766e" />
      <path d="M8 25V15a8 8 0 0 1 16 0v10" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      <path d="M13.2 25V12.6M18.8 25V12.6M9 18.4h14" fill="none" stroke="#99f6e4" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
