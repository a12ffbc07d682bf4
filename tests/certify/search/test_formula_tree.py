"""The tree of a clause in the checker's order."""

from relucert.certify.search.formula_tree import Tree


def test_records_come_in_preorder():
    tree = Tree()
    low, high = tree.grow(0, ["split", 0, "1"], 2)
    (face,) = tree.grow(high, ["monotone", 0, 0, "low"], 1)
    tree.close(low, ["interval", 0])
    tree.close(face, ["exact_form", 0])
    assert tree.written() == [["split", 0, "1"], ["interval", 0], ["monotone", 0, 0, "low"], ["exact_form", 0]]
    assert list(tree.preorder()) == [0, low, high, face] and len(tree) == 4
