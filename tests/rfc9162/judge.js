// Reads one JSON object from standard input and says what the library makes of it: hashes and paths in base64.
const found = require('@transmute/rfc9162')
const rfc9162 = found.RFC9162 ?? found.default

const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'))
const all = (cases, verify) => Promise.all(cases.map(async (one) => {
  try { return await verify(one) } catch (error) { return String(error) }
}))

const judge = async ({ inclusion, consistency }) => ({
  inclusion: await all(inclusion, ({ root, leaf, size, index, path }) =>
    rfc9162.verifyInclusionProof(bytes(root), bytes(leaf), {
      log_id: '', tree_size: size, leaf_index: index, inclusion_path: path.map(bytes),
    })),
  consistency: await all(consistency, ({ old_root, old_size, root, size, path }) =>
    rfc9162.verifyConsistencyProof(bytes(old_root), bytes(root), {
      log_id: '', tree_size_1: old_size, tree_size_2: size, consistency_path: path.map(bytes),
    })),
})

let text = ''
process.stdin.on('data', (piece) => { text += piece })
process.stdin.on('end', async () => { process.stdout.write(JSON.stringify(await judge(JSON.parse(text)))) })
