import './TimeChart.css';
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { clock, count } from '../text/format';
import type { Tone } from './Badge';
import { ceiling } from './scale';

export interface Layer {
  label: string;
  tone: Tone;
  /** Oldest first; all layers have the same length. */
  values: readonly number[];
}

export interface TimeChartProps {
  label: string;
  layers: readonly Layer[];
  stepSeconds: number;
  endMs: number;
}

const height = 148;
const left = 40;
const top = 8;
const bottom = 22;

function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    setWidth(element.clientWidth);
    return () => watch.disconnect();
  }, []);
  return [box, width] as const;
}

/** Stacked bars over time. Nothing moves between steps; the pointer or the arrow keys read one bar. */
export function TimeChart({ label, layers, stepSeconds, endMs }: TimeChartProps) {
  const [box, width] = useWidth();
  const [at, setAt] = useState<number | null>(null);
  const steps = layers[0]?.values.length ?? 0;
  const plot = height - top - bottom;
  const slot = Math.max(width - left, 0) / Math.max(steps, 1);
  const total = (i: number) => layers.reduce((sum, layer) => sum + (layer.values[i] ?? 0), 0);
  let most = 0;
  for (let i = 0; i < steps; i += 1) most = Math.max(most, total(i));
  const ceil = ceiling(most);
  const y = (value: number) => top + plot - (value / ceil) * plot;
  const minutes = Math.round((steps * stepSeconds) / 60);

  const point = (event: PointerEvent) => {
    const x = event.clientX - (box.current?.getBoundingClientRect().left ?? 0) - left;
    setAt(x < 0 || slot === 0 ? null : Math.min(steps - 1, Math.floor(x / slot)));
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') setAt((i) => Math.max(0, (i ?? steps) - 1));
    else if (event.key === 'ArrowRight') setAt((i) => Math.min(steps - 1, (i ?? -1) + 1));
    else return;
    event.preventDefault();
  };
  const sums = layers.map((layer) => `${layer.label} ${count(layer.values.reduce((a, b) => a + b, 0))}`).join(', ');

  return (
    <div className="chart" ref={box} onPointerMove={point} onPointerLeave={() => setAt(null)}>
      <svg
        className="chart-plot"
        width={width}
        height={height}
        role="img"
        tabIndex={0}
        aria-label={`${label}: ${sums}. Arrow keys read one step.`}
        onKeyDown={keys}
        onBlur={() => setAt(null)}
      >
        {[0, ceil / 2, ceil].map((value) => (
          <g key={value / ceil}>
            <line className={value === 0 ? 'chart-base' : 'chart-grid'} x1={left} x2={width} y1={y(value)} y2={y(value)} />
            <text className="chart-label" x={left - 8} y={y(value) + 4} textAnchor="end">
              {count(value)}
            </text>
          </g>
        ))}
        {Array.from({ length: minutes + 1 }, (_, i) => (
          <text
            key={i}
            className="chart-label"
            x={left + (i / minutes) * (width - left)}
            y={height - 5}
            textAnchor={i === 0 ? 'start' : i === minutes ? 'end' : 'middle'}
          >
            {i === minutes ? 'now' : `−${minutes - i} min`}
          </text>
        ))}
        {at !== null && <rect className="chart-cursor" x={left + at * slot} y={top} width={slot} height={plot} />}
        {Array.from({ length: steps }, (_, i) => {
          let below = 0;
          return layers.map((layer) => {
            const value = layer.values[i] ?? 0;
            if (value === 0) return null;
            const base = y(below);
            below += value;
            // A mark of at least 2 px: one denied call among thousands must be seen.
            const tall = Math.max(base - y(below), 2);
            return (
              <rect
                key={`${i}${layer.tone}`}
                className={`mark-${layer.tone}`}
                x={left + i * slot + slot * 0.12}
                y={Math.max(base - tall, 0)}
                width={slot * 0.76}
                height={Math.max(tall - (below > value ? 0.75 : 0), 1)}
              />
            );
          });
        })}
      </svg>
      {at !== null && (
        <div
          className={`chart-tip ${at > steps / 2 ? 'chart-tip-left' : ''}`}
          style={{ left: left + (at > steps / 2 ? at : at + 1) * slot }}
          role="status"
        >
          <strong>{clock(endMs - (steps - 1 - at) * stepSeconds * 1000)}</strong>
          {layers.map((layer) => (
            <span key={layer.tone}>
              <i className={`figure-mark mark-${layer.tone}`} />
              {layer.label}
              <b>{count(layer.values[at] ?? 0)}</b>
            </span>
          ))}
        </div>
      )}
    </div>
  );
}
