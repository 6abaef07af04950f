// SPDX-License-Identifier: Apache-2.0
// The registry on a chain: the Merkle tree of RFC 9162, to which its owner alone appends.
pragma solidity 0.8.37;

contract Registry {
    address public immutable owner;
    uint64 public size;
    // The complete subtrees: over the leaves from position << level on, 1 << level of them.
    mapping(uint256 => bytes32) private nodes;

    event Appended(uint64 indexed index, bytes entry);

    error NotOwner();
    error OtherSize(uint64 size);

    constructor() {
        owner = msg.sender;
    }

    // `index`: where the first of them will stand. A transaction that comes twice does nothing the second time.
    function append(uint64 index, bytes[] calldata entries) external {
        if (msg.sender != owner) {
            revert NotOwner();
        }
        if (index != size) {
            revert OtherSize(size);
        }
        for (uint256 i = 0; i < entries.length; i++) {
            grow(index, sha256(abi.encodePacked(uint8(0), entries[i])));
            emit Appended(index, entries[i]);
            index++;
        }
        size = index;
    }

    // The leaf, and each subtree that it completes.
    function grow(uint64 position, bytes32 hash) private {
        uint256 level = 0;
        nodes[key(level, position)] = hash;
        while (position & 1 == 1) {
            hash = sha256(abi.encodePacked(uint8(1), nodes[key(level, position - 1)], hash));
            position >>= 1;
            level++;
            nodes[key(level, position)] = hash;
        }
    }

    // Zero where the subtree is not complete.
    function node(uint64 level, uint64 position) external view returns (bytes32) {
        return nodes[key(level, position)];
    }

    function key(uint256 level, uint64 position) private pure returns (uint256) {
        return (level << 64) | position;
    }
}
