// A field as Wireshark's display filters write it. Pure.

import type { Detail, DetailField, DetailLayer } from '../wire'
import { at } from './fields'

/** Octets of a long value that are compared; the filter says so with a slice. */
const COMPARED = 16

const MACS = /^(eth\.(dst|src)|arp\.(src|dst)\.hw_mac|icmpv6\.opt\.(src_)?linkaddr|icmpv6\.opt\.(target|source)_linkaddr)$/
const IPV4 = /^(ip\.(src|dst|rec_rt|empty_rt|src_rt)|arp\.(src|dst)\.proto_ipv4|igmp\.maddr|icmp\.redir_gw)$/
const IPV6 = /^(ipv6\.(src|dst)|icmpv6\.nd\.[a-z]+\.target_address|icmpv6\.rd\.[a-z_]+|icmpv6\.opt\.prefix)$/
const OCTETS = /^(eth\.(padding|trailer)|data\.data|rtp\.payload|jpeg\.payload|jpeg\.qtable_hdr\.data|tcp\.segment_data|tcp\.payload|udp\.payload|rtp\.padding\.data|rtcp\.padding\.data|icmp\.unused|tcp\.options|ip\.options)$/
const TEXTS = /^(sdp\.|rtsp\.(request|response|method|url|session|transport)|rtcp\.(sdes\.text|app\.name))/
/** Named by a line of text, of which Wireshark counts the line's end in. */
const LINES = /^rtsp\.(request|response)$/
/** Wireshark counts these in octets or pixels, though the bits count in larger units; the value tells. */
const SCALED = /^(ip\.frag_offset|ip\.hdr_len|tcp\.hdr_len|jpeg\.main_hdr\.(width|height)|ipv6\.fraghdr\.offset)$/
/** These are read in hexadecimal. */
const HEX = /(checksum|ssrc|senderssrc|identifier|flags|\.fcs|eth\.type|ip\.id|vlan\.etype|magic)$/

/** The octets of a field as hexadecimal digits; only where it begins and ends at octets. */
function hexOf(detail: Detail, layer: DetailLayer, field: DetailField): string | null {
  if (field.start % 8 !== 0 || field.length % 8 !== 0 || field.length === 0) return null
  return (detail.sources[layer.source] ?? '').slice(field.start / 4, (field.start + field.length) / 4)
}

function numberOf(detail: Detail, layer: DetailLayer, field: DetailField): bigint {
  const source = detail.sources[layer.source] ?? ''
  let value = 0n
  for (let bit = field.start; bit < field.start + field.length; bit += 1) {
    const octet = Number.parseInt(source.slice((bit >> 3) * 2, (bit >> 3) * 2 + 2), 16)
    value = (value << 1n) | BigInt((octet >> (7 - (bit & 7))) & 1)
  }
  return value
}

const pairs = (hex: string): string[] => hex.match(/../g) ?? []
const quads = (hex: string): string => (hex.match(/.{4}/g) ?? []).join(':')

function textOf(hex: string): string {
  const octets = Uint8Array.from(pairs(hex), (pair) => Number.parseInt(pair, 16))
  return new TextDecoder('utf-8').decode(octets).replace(/[\r\n]+$/, '')
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

/**
 * The display filter that finds frames with the same value in a field, or, for a layer, frames with
 * that protocol. `null` where Wireshark has no name for it.
 */
export function displayFilter(detail: Detail, path: string | null): string | null {
  const found = at(detail, path)
  if (!found) return null
  const { layer, field } = found
  if (!field) return layer.name
  const { name } = field
  if (name === null) return null
  if (field.filter !== null) return field.filter
  const hex = hexOf(detail, layer, field)
  if (hex !== null) {
    if (MACS.test(name) && hex.length === 12) return `${name} == ${pairs(hex).join(':')}`
    if (IPV4.test(name) && hex.length === 8) return `${name} == ${pairs(hex).map((pair) => Number.parseInt(pair, 16)).join('.')}`
    if (IPV6.test(name) && hex.length === 32) return `${name} == ${quads(hex)}`
    if (OCTETS.test(name)) return octetsFilter(name, hex)
  }
  if (SCALED.test(name)) {
    const digits = /^[\d,]+/.exec(field.value)?.[0].replaceAll(',', '')
    return digits === undefined ? name : `${name} == ${digits}`
  }
  if (/^rtsp\.(status|channel|length|magic)$/.test(name)) return name === 'rtsp.status' ? `${name} == ${/\d+/.exec(field.value)?.[0] ?? 0}` : numeric(detail, layer, field, name)
  if (TEXTS.test(name)) {
    const text = hex === null ? '' : textOf(hex)
    if (text === '' || /[^\x20-\x7e]/.test(text)) return name
    return `${name} ${LINES.test(name) ? 'contains' : '=='} ${quoted(text)}`
  }
  // Neither a number nor of a kind that is known: that it is there can be asked for.
  if (field.length > 64 || (field.children.length > 0 && field.length > 32)) return name
  return numeric(detail, layer, field, name)
}

function numeric(detail: Detail, layer: DetailLayer, field: DetailField, name: string): string {
  if (field.length === 0) return name
  const value = numberOf(detail, layer, field)
  return `${name} == ${HEX.test(name) ? `0x${value.toString(16).padStart(Math.ceil(field.length / 4), '0')}` : value.toString()}`
}

function octetsFilter(name: string, hex: string): string {
  const octets = pairs(hex)
  if (octets.length <= COMPARED) return `${name} == ${octets.join(':')}`
  return `${name}[0:${COMPARED}] == ${octets.slice(0, COMPARED).join(':')}`
}
