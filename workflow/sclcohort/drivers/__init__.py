"""Call driver events per sample and gene, and the zygosity of tumour suppressors."""
