"""Figures and lists over a campaign, with the papers and workbooks made of them. No rules; how a paper is laid out is in documents/."""
