/** The words of OpenQASM 2 and 3: what the colours and the completion know. */

/** How a word is coloured and offered. */
export type Kind = 'keyword' | 'type' | 'constant' | 'function' | 'gate';

export type Version = 2 | 3;

export interface Word {
  readonly kind: Kind;
  /** One line about it: for a gate what it takes and does. */
  readonly about: string;
}

const KEYWORDS_3 =
  'OPENQASM include gate opaque def extern box let const input output if else for in while switch case default break ' +
  'continue return end measure reset barrier delay nop ctrl negctrl inv pow qreg creg readonly mutable pragma cal ' +
  'defcal defcalgrammar';
const KEYWORDS_2 = 'OPENQASM include qreg creg gate opaque measure reset barrier if';

const ABOUT: Record<string, string> = {
  OPENQASM: 'the version, in the first line: OPENQASM 3.0;',
  include: 'brings in a file of gates: include "stdgates.inc";',
  gate: 'defines a gate: gate name(angles) qubits { ... }',
  opaque: 'declares a gate without a definition',
  def: 'defines a subroutine',
  let: 'another name for qubits: let pair = q[0:1];',
  const: 'a value known before the run: const int n = 3;',
  input: 'a parameter that is bound later: input float theta;',
  output: 'what the program gives back',
  if: 'runs a block when a condition on measured bits holds',
  for: 'repeats a block: for int i in [0:3] { ... }',
  while: 'repeats a block as long as a condition holds',
  switch: 'chooses a block by a value',
  measure: 'measures qubits into bits: c = measure q;',
  reset: 'puts a qubit into |0⟩',
  barrier: 'keeps gates from moving across it',
  delay: 'waits: delay[100ns] q;',
  box: 'keeps what is in it together in time',
  ctrl: 'modifier: the gate with one more control, ctrl @ x a, b;',
  negctrl: 'modifier: a control that acts on |0⟩',
  inv: "modifier: the gate's inverse, inv @ s q;",
  pow: 'modifier: a power of the gate, pow(0.5) @ x q;',
  qreg: 'a register of qubits: qreg q[2];',
  creg: 'a register of bits: creg c[2];'
};

const TYPES: Record<string, string> = {
  qubit: 'a qubit, or a register of them: qubit[2] q;',
  bit: 'a classical bit, or a register of them: bit[2] c;',
  bool: 'true or false',
  int: 'a signed whole number',
  uint: 'an unsigned whole number',
  float: 'a floating-point number',
  angle: 'an angle modulo 2π',
  complex: 'a complex number',
  array: 'an array of values',
  duration: 'a length of time',
  stretch: 'a length of time that is chosen later',
  void: 'no value'
};

const CONSTANTS_3: Record<string, string> = {
  pi: 'π = 3.14159…',
  π: 'π = 3.14159…',
  tau: '2π = 6.28318…',
  τ: '2π = 6.28318…',
  euler: 'e = 2.71828…',
  ℇ: 'e = 2.71828…',
  true: 'the bit 1',
  false: 'the bit 0',
  im: 'the imaginary unit'
};

const FUNCTIONS_3 =
  'arccos arcsin arctan ceiling cos exp floor log mod popcount pow real imag rotl rotr sin sqrt tan sizeof durationof';
const FUNCTIONS_2 = 'sin cos tan exp ln sqrt acos asin atan';

/** Of `stdgates.inc`, in the order in which they are offered. */
const GATES_3: Record<string, string> = {
  h: 'h q: Hadamard',
  x: 'x q: Pauli X, not',
  y: 'y q: Pauli Y',
  z: 'z q: Pauli Z',
  cx: 'cx control, target: controlled not',
  rx: 'rx(θ) q: rotation about x',
  ry: 'ry(θ) q: rotation about y',
  rz: 'rz(θ) q: rotation about z',
  s: 's q: √Z',
  sdg: 'sdg q: inverse of s',
  t: 't q: √S',
  tdg: 'tdg q: inverse of t',
  sx: 'sx q: √X',
  p: 'p(λ) q: phase of |1⟩',
  cz: 'cz a, b: controlled Z',
  cy: 'cy control, target: controlled Y',
  ch: 'ch control, target: controlled Hadamard',
  swap: 'swap a, b: exchanges two qubits',
  cp: 'cp(λ) a, b: phase of |11⟩',
  crx: 'crx(θ) control, target: controlled rotation about x',
  cry: 'cry(θ) control, target: controlled rotation about y',
  crz: 'crz(θ) control, target: controlled rotation about z',
  cu: 'cu(θ, φ, λ, γ) control, target: controlled U with phase γ',
  ccx: 'ccx a, b, target: not with two controls (Toffoli)',
  cswap: 'cswap control, a, b: controlled swap (Fredkin)',
  id: 'id q: nothing',
  U: 'U(θ, φ, λ) q: any gate on one qubit; built in',
  gphase: 'gphase(γ): global phase; built in',
  phase: 'phase(λ) q: the same as p',
  cphase: 'cphase(λ) a, b: the same as cp',
  CX: 'CX control, target: the same as cx',
  u1: 'u1(λ) q: the same as p',
  u2: 'u2(φ, λ) q: U(π/2, φ, λ)',
  u3: 'u3(θ, φ, λ) q: U(θ, φ, λ) up to a phase'
};

/** Of Qiskit's `qelib1.inc`, besides those that version 3 has under the same name. */
const GATES_2: Record<string, string> = {
  u: 'u(θ, φ, λ) q: any gate on one qubit',
  u0: 'u0(γ) q: nothing',
  delay: 'delay(t) q: waits',
  sxdg: 'sxdg q: inverse of sx',
  csx: 'csx control, target: controlled √X',
  cu1: 'cu1(λ) a, b: phase of |11⟩',
  cu3: 'cu3(θ, φ, λ) control, target: controlled u3',
  rxx: 'rxx(θ) a, b: rotation about XX',
  rzz: 'rzz(θ) a, b: rotation about ZZ',
  rccx: 'rccx a, b, target: ccx up to relative phases',
  rc3x: 'rc3x a, b, c, target: c3x up to relative phases',
  c3x: 'c3x a, b, c, target: not with three controls',
  c3sqrtx: 'c3sqrtx a, b, c, target: √X with three controls',
  c4x: 'c4x a, b, c, d, target: not with four controls'
};
const NOT_IN_2 = ['gphase', 'phase', 'cphase'];

function words(version: Version): ReadonlyMap<string, Word> {
  const found = new Map<string, Word>();
  const add = (kind: Kind, names: Record<string, string>): void => {
    for (const [name, about] of Object.entries(names)) {
      found.set(name, { kind, about });
    }
  };
  const plain = (names: string): Record<string, string> =>
    Object.fromEntries(names.split(' ').map(name => [name, ABOUT[name] ?? '']));
  add('gate', GATES_3);
  if (version === 2) {
    NOT_IN_2.forEach(name => found.delete(name));
    add('gate', GATES_2);
  }
  add('function', plain(version === 2 ? FUNCTIONS_2 : FUNCTIONS_3));
  add('keyword', plain(version === 2 ? KEYWORDS_2 : KEYWORDS_3));
  if (version === 3) {
    add('type', TYPES);
  }
  add('constant', version === 2 ? { pi: CONSTANTS_3.pi } : CONSTANTS_3);
  return found;
}

/** The words of each version; gates first, in the order in which they are offered. */
export const WORDS: Readonly<Record<Version, ReadonlyMap<string, Word>>> = { 2: words(2), 3: words(3) };

/** A name; also the Greek letters that OpenQASM allows. */
export const NAME = '[\\p{L}_][\\p{L}\\p{N}_]*';
