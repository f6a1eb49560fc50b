"""Planning in the office (計画): versions of programmes, golden residents, halls, capacity, calls, pictures."""
