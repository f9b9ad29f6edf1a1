"""What would be if: sales that were not made, rules that were not in force. Evaluated by the same engine as everything
else, and nothing of it is ever written.
"""
